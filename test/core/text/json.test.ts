import { describe, expect, it } from 'vitest';
import { jsonText, present } from '#core/text/json.ts';

describe('jsonText', () => {
  it('writes bigints as decimal strings', () => {
    expect(jsonText({ a: 2n ** 60n })).toBe('{"a":"1152921504606846976"}');
  });

  it.each([[undefined], [() => 1]])('refuses %s, for which JSON has no text', (value) => {
    expect(() => jsonText(value)).toThrow(new TypeError(`a value of type ${typeof value} cannot be stored as JSON`));
  });
});

describe('present', () => {
  it('leaves out undefined properties and keeps all others', () => {
    expect(present({ a: undefined, b: null, c: 0, d: '' })).toStrictEqual({ b: null, c: 0, d: '' });
  });
});
