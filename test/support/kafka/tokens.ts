/** Tokens for the OAUTHBEARER listener of the local stand. */

/** A JWT without a signature. `seconds` from now it expires, or did when negative. */
export function unsignedToken(user: string, seconds: number): string {
  const now = Date.now() / 1000;
  const parts = [{ alg: 'none' }, { sub: user, iat: now + Math.min(0, 2 * seconds), exp: now + seconds }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}
