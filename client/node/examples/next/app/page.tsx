/** A plain link, no <Link>: Next.js fetches those in advance, and each fetch would begin a login. */
export default function Home() {
  return (
    <>
      <h1>Who are you?</h1>
      <p>
        <a href="/login/twitter">Log in with Twitter</a>
      </p>
    </>
  );
}
