import { describe, expect, it } from 'vitest';
import { SettingsError } from '#core/errors.ts';
import { missingCredentials, parseCredentials } from '#core/msk/credentials.ts';

describe('parseCredentials', () => {
  it("reads the keys of MSK's own secrets and ignores others", () => {
    expect(parseCredentials('scram', '{"username":"u","password":"p","host":"h"}', 'it')).toEqual({
      username: 'u',
      password: 'p',
    });
  });

  it('accepts authorities alone where the login needs nothing', () => {
    expect(parseCredentials('tls', '{"ca":"PEM"}', 'it')).toEqual({ ca: 'PEM' });
    expect(parseCredentials('tls', '{}', 'it')).toEqual({});
  });

  it.each([
    ['scram', '', 'the secret is not JSON; auth scram needs a JSON object with "username" and "password"'],
    ['tls', 'x', 'the secret is not JSON; auth tls needs a JSON object with "ca"'],
    ['scram', '[]', 'the secret is JSON but not an object; auth scram needs'],
    ['scram', '{"username":"u"}', 'the secret has no "password"; auth scram needs'],
    ['mtls', '{"ca":"c"}', 'the secret has no "certificate" and no "privateKey"; auth mtls needs'],
    [
      'scram',
      '{"username":"hunter2","password":["hunter2"]}',
      'the secret has no text, or an empty one, in "password"',
    ],
    ['scram', '{"username":"","password":"hunter2"}', 'the secret has no text, or an empty one, in "username"'],
  ] as const)('for %s refuses %j without repeating it', (auth, json, words) => {
    const parse = () => parseCredentials(auth, json, 'the secret');

    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(words);
    expect(parse).not.toThrow(/hunter2/);
  });
});

it('an empty text counts as missing', () => {
  expect(missingCredentials('scram', { username: 'u', password: '' })).toEqual(['password']);
});
