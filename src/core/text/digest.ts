/**
 * A short digest of a text: 14 characters in base 36. It identifies a text when space is short
 * (assignments in a history, ids). FNV-1a over two lanes, 64 bits, without protection against texts
 * that are made to collide.
 */
export function textDigest(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193) >>> 0;
    high = Math.imul(high ^ (code + (low & 0xff)), 0x01000193) >>> 0;
  }
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
