/** GET /login/twitter: sets the binding cookie and redirects to the provider. */
import { callbackUrl, route } from "../../oauth";

export const GET = route((request, client) => client.authorizeRedirect(request, callbackUrl(client.name)));
