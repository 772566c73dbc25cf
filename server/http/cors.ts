/** Cross-origin requests: which pages may call the server, and what they may send and see. */

const LOCAL = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

function isAllowed(origin: string, origins: readonly string[]): boolean {
  return origins.some((each) => each === '*' || each === origin || (each === 'local' && LOCAL.test(origin)));
}

/** The headers for a request from `origin`; none when there is no origin or it is not allowed. `local` stands for pages of this machine. */
export function corsHeaders(origin: string | undefined, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origin === undefined || !isAllowed(origin, origins)) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'Access-Control-Allow-Headers':
      'Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, X-Request-Id',
    'Access-Control-Expose-Headers': 'Content-Location, ETag, Last-Modified, Location, X-Request-Id',
    'Access-Control-Max-Age': '600',
  };
}
