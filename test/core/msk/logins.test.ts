import { describe, expect, it } from 'vitest';
import { SettingsError } from '#core/errors.ts';
import { AUTH_KINDS, missingCredentials, needsCredentials, parseCredentials } from '#core/msk/logins.ts';

describe('parseCredentials', () => {
  it('takes what MSK keeps in its secrets, and no more', () => {
    expect(parseCredentials('scram', '{"username":"u","password":"p","host":"h"}', 'it')).toEqual({
      username: 'u',
      password: 'p',
    });
  });

  it('takes authorities alone where the login needs nothing', () => {
    expect(parseCredentials('tls', '{"ca":"PEM"}', 'it')).toEqual({ ca: 'PEM' });
    expect(parseCredentials('tls', '{}', 'it')).toEqual({});
  });

  it.each([
    ['scram', '', 'the secret is not JSON; auth scram needs a JSON object with "username" and "password"'],
    ['tls', 'x', 'the secret is not JSON; auth tls needs a JSON object with "ca"'],
    ['scram', '[]', 'the secret is JSON, and no object; auth scram needs'],
    ['scram', '{"username":"u"}', 'the secret has no "password"; auth scram needs'],
    ['mtls', '{"ca":"c"}', 'the secret has no "certificate" and no "privateKey"; auth mtls needs'],
    ['scram', '{"username":"hunter2","password":["hunter2"]}', 'the secret has in "password" no text, or an empty one'],
    ['scram', '{"username":"","password":"hunter2"}', 'the secret has in "username" no text, or an empty one'],
  ] as const)('for %s refuses %j without repeating it', (auth, json, words) => {
    const parse = () => parseCredentials(auth, json, 'the secret');

    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(words);
    expect(parse).not.toThrow(/hunter2/);
  });
});

it.each(AUTH_KINDS)('auth %s needs a source exactly when empty credentials lack something', (auth) => {
  expect(needsCredentials(auth)).toBe(missingCredentials(auth, {}).length > 0);
});

it('an empty text is as good as none', () => {
  expect(missingCredentials('scram', { username: 'u', password: '' })).toEqual(['password']);
});
