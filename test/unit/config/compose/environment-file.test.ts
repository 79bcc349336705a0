import { describe, expect, test } from '@jest/globals';
import { environmentFile, environmentText, unwritable } from '../../../../config/compose/environment-file.ts';
import { plannedService } from '../../components/planned-service.ts';

describe('the file of variables', () => {
  test('stands beside the secret files of a service that has some', () => {
    const environmentSecrets = [{ name: 'KEY', secret: 'KEY' }];
    expect(environmentFile(plannedService({ environmentSecrets }))).toBe('secrets/api.env');
    expect(environmentFile(plannedService())).toBeUndefined();
  });

  test('holds values as they are, quotes escaped, lines kept', () => {
    expect(environmentText({ B: "it's $HOME # no comment", A: 'one\ntwo\n' })).toBe(
      "A='one\ntwo\n'\nB='it\\'s $HOME # no comment'\n",
    );
  });

  test.each([
    ['a\\b', undefined],
    ['a\\\\', undefined],
    ['a\\', 'holds a backslash before a single quote, or at its end'],
    ["a\\'b", 'holds a backslash before a single quote, or at its end'],
    ['a\r\nb', 'holds a carriage return, which Compose takes out'],
  ])('%j can be written there: %p', (value, problem) => {
    expect(unwritable(value)).toBe(problem);
  });
});
