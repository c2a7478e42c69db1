<?php
/**
 * Log in with an OAuth 1.0 provider: a whole web application in one file of plain PHP 8.2 with curl.
 *
 *     oauth1d-gateway --config gateway.yaml          # calls: {listen: 127.0.0.1:8081}
 *     php -S 127.0.0.1:8000 login.php
 *
 * OAUTH1D_GATEWAY says where the gateway is (default http://127.0.0.1:8081, or unix:/path), OAUTH1D_GATEWAY_KEY holds
 * its API key if it wants one. The service's configuration must know the provider `twitter` and allow the callback
 * http://127.0.0.1:8000/auth/twitter. The same lines run under PHP-FPM, for instance in a front controller.
 */
declare(strict_types=1);

ini_set('display_errors', '0'); // to the log: a warning on the page could show what is secret
ini_set('log_errors', '1');

/** There is no answer. */
final class OAuth1dError extends RuntimeException
{
    /** $grpcCode as Connect spells it, e.g. `failed_precondition`; $reason e.g. `USER_DENIED`, '' where nobody said. */
    public function __construct(
        public readonly string $grpcCode,
        public readonly string $reason,
        public readonly array $fields = [],
    ) {
        parent::__construct("$grpcCode $reason " . implode(', ', $fields));
    }
}

/** Calls a method of oauth1d.v1.OAuth1Service through the gateway. Throws OAuth1dError. */
function oauth1d(string $method, array $request, int $seconds = 36): array
{
    $gateway = getenv('OAUTH1D_GATEWAY') ?: 'http://127.0.0.1:8081';
    $key = getenv('OAUTH1D_GATEWAY_KEY');
    $headers = ['content-type: application/json', 'expect:', ...($key ? ["authorization: Bearer $key"] : [])];
    $curl = curl_init();
    if (str_starts_with($gateway, 'unix:')) {
        curl_setopt($curl, CURLOPT_UNIX_SOCKET_PATH, substr($gateway, 5));
        $gateway = 'http://localhost';
    }
    curl_setopt_array($curl, [
        CURLOPT_URL => rtrim($gateway, '/') . "/oauth1d.v1.OAuth1Service/$method",
        CURLOPT_POSTFIELDS => json_encode((object) $request, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES),
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => $seconds,
        CURLOPT_PROXY => '',
    ]);
    $body = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    $answer = is_string($body) ? json_decode($body, true) : null;
    if ($status === 200 && is_array($answer)) {
        return $answer;
    }
    // Each detail of an error stands there as JSON too: `debug`.
    $debug = array_column($answer['details'] ?? [], 'debug', 'type');
    throw new OAuth1dError(
        $answer['code'] ?? 'unavailable',
        $debug['google.rpc.ErrorInfo']['reason'] ?? '',
        array_column($debug['google.rpc.BadRequest']['fieldViolations'] ?? [], 'field'),
    );
}

/** Sends the browser to the provider. */
function login(string $provider): void
{
    $started = oauth1d('StartAuthorization', [
        'provider' => $provider,
        // behind a proxy: your own https origin. The service takes only what its configuration allows.
        'callbackUrl' => "http://{$_SERVER['HTTP_HOST']}/auth/$provider",
    ]);
    $cookie = $started['bindingCookie'];
    set_cookie($cookie['name'], $cookie['value'], (int) $cookie['maxAge']); // "600s"
    header("Location: {$started['redirectUrl']}", true, 302);
    header('cache-control: no-store');
}

/** The callback. */
function authorize(string $provider): void
{
    $token = oauth1d('CompleteAuthorization', [
        'provider' => $provider,
        'callbackQuery' => $_SERVER['QUERY_STRING'] ?? '', // raw: $_GET changes names
        'bindingCookies' => binding_cookies(),
    ]);
    $answer = oauth1d('SignedRequest', [
        'provider' => $provider,
        'accessToken' => $token['accessToken'],
        'call' => ['method' => 'GET', 'url' => 'account/verify_credentials.json'],
    ])['answer'];
    if ($answer['statusCode'] !== 200) {
        page(502, 'The provider did not answer well', alert('It would not show your profile. Please log in again.'));
        return;
    }
    // A real application would now keep $token['accessToken'] with its user, as a secret, and hand it back later.
    $profile = json_decode(base64_decode($answer['body'] ?? ''), true) ?? [];
    set_cookie($token['spentCookieName'], '', -1);
    $shown = json_encode($profile, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    page(200, 'Hello, ' . (is_string($profile['screen_name'] ?? null) ? $profile['screen_name'] : 'you'),
        '<p>You are logged in. This is what the provider says about you:</p><pre tabindex="0">' . h((string) $shown)
        . '</pre><p><a class="button quiet" href="/">Start over</a></p>');
}

/** What went wrong, as a person should see it. */
function explain(OAuth1dError $error): void
{
    error_log("login failed: {$error->getMessage()}"); // for the operator; no secret is in it
    $not_here = array_filter($error->fields, fn ($field) => str_starts_with($field, 'bindingCookies')
        || str_starts_with($field, 'binding_cookies'));
    [$status, $title, $advice] = match (true) {
        $not_here !== [] => [403, 'This login is not open in this browser',
            'It was finished already, it began in another browser, or cookies are off. Please log in again.'],
        $error->reason === 'USER_DENIED' => [403, 'You said no',
            'Nothing was shared. You can log in whenever you like.'],
        $error->reason === 'FLOW_NOT_FOUND' => [410, 'That took too long',
            'This login is no longer open. Please log in again.'],
        $error->reason === 'BINDING_MISMATCH' => [403, 'Another browser began this',
            'Finish the login there, or log in here.'],
        $error->reason === 'TOKEN_MISMATCH' => [403, 'This link does not fit',
            'It belongs to another login. Please log in again.'],
        $error->reason === 'ALREADY_COMPLETED' => [409, 'This login was used already',
            'If that was not you, please tell us. You can log in again.'],
        $error->grpcCode === 'invalid_argument' => [400, 'This link does not work',
            'Something in it is missing or not allowed. Please log in again.'],
        in_array($error->grpcCode, ['unavailable', 'resource_exhausted', 'deadline_exceeded'], true) => [503,
            'Not right now', 'The provider or our login service is away. Please try again soon.'],
        default => [502, 'That did not work', 'Please log in again. If it keeps failing, tell us.'],
    };
    page($status, $title, alert($advice));
}

/** Every cookie of the request that the service may have set. From the raw header: $_COOKIE changes names. */
function binding_cookies(): array
{
    $made_by_the_service = '/(?<![^;\s])((?:__Host-)?oauth1-[\w-]{16})=([\w-]{43})(?![^;\s])/';
    preg_match_all($made_by_the_service, $_SERVER['HTTP_COOKIE'] ?? '', $found, PREG_SET_ORDER);
    return array_map(fn ($one) => ['name' => $one[1], 'value' => $one[2]], array_slice($found, -32));
}

/** A negative age deletes it. */
function set_cookie(string $name, string $value, int $seconds): void
{
    $secure = str_starts_with($name, '__Host-') ? '; Secure' : '';
    header("Set-Cookie: $name=$value; Max-Age=" . max(0, $seconds) . "; Path=/; HttpOnly; SameSite=Lax$secure", false);
}

function h(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5);
}

function alert(string $advice): string
{
    return '<p role="alert">' . h($advice) . '</p><p><a class="button" href="/login/twitter">Log in again</a> '
        . '<a class="button quiet" href="/">Home</a></p>';
}

/** $title is text, $body is HTML. */
function page(int $status, string $title, string $body): void
{
    http_response_code($status);
    header('content-type: text/html; charset=utf-8');
    header('cache-control: no-store');
    header("content-security-policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
        . "frame-ancestors 'none'");
    header('referrer-policy: no-referrer'); // the callback's url carries the verifier
    header('x-content-type-options: nosniff');
    $style = <<<'CSS'
        :root { color-scheme: light dark; --ink: #1d2433; --paper: #f4f5f8; --card: #fff; --accent: #2456c9;
          --line: #d9dde6; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e9f0; --paper: #12151c; --card: #1b202b; --accent: #8fb2ff; --line: #323a4a; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
          background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
        main { width: 100%; max-width: 34rem; padding: clamp(1.25rem, 5vw, 2.5rem); background: var(--card);
          border: 1px solid var(--line); border-radius: 1rem; }
        h1 { margin: 0 0 .75rem; font-size: clamp(1.5rem, 6vw, 2rem); line-height: 1.2; overflow-wrap: anywhere; }
        pre { overflow: auto; max-height: 20rem; padding: 1rem; border: 1px solid var(--line); border-radius: .6rem; }
        .button { display: inline-block; margin: .25rem .25rem .25rem 0; padding: .7rem 1.3rem; border-radius: .6rem;
          border: 2px solid var(--accent); background: var(--accent); color: var(--card); font-weight: 600;
          text-decoration: none; }
        .quiet { background: none; color: var(--accent); }
        a:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        CSS;
    echo '<!doctype html><html lang="en"><meta charset="utf-8"><title>', h($title), '</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>', $style, '</style>',
        '<main><h1>', h($title), '</h1>', $body, '</main></html>';
}

try {
    match (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
        '/' => page(200, 'Who are you?', '<p>This page knows no password of yours, and no key of the provider\'s.</p>'
            . '<p><a class="button" href="/login/twitter">Log in with Twitter</a></p>'),
        '/login/twitter' => login('twitter'),
        '/auth/twitter' => authorize('twitter'),
        default => page(404, 'Not here', alert('There is no such page.')),
    };
} catch (OAuth1dError $error) {
    explain($error);
}
