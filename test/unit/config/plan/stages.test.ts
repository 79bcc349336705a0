import { describe, expect, test } from '@jest/globals';
import { hasStage, stagesOf } from '../../../../config/plan/stages.ts';

describe('stagesOf', () => {
  test.each<[string, string, string[]]>([
    ['one without a name', 'FROM debian\nRUN true\n', ['']],
    ['several', 'FROM a AS base\nFROM base as Dev\nFROM base\n', ['base', 'Dev', '']],
    ['after arguments', 'ARG X=1\nFROM a:$X AS one\n', ['one']],
    ['with a platform', 'FROM --platform=$BUILDPLATFORM a AS one\n', ['one']],
    ['continued lines', 'FROM a \\\n  AS one\nFROM b \\\n# between\n  AS two\n', ['one', 'two']],
    ['another escape', '# syntax=docker/dockerfile:1\n# escape=`\nFROM a `\n AS one\n', ['one']],
    ['what is commented out', '# FROM a AS one\n  # FROM b AS two\nFROM c AS three\n', ['three']],
    ['line ends of Windows', 'FROM a AS one\r\nFROM b AS two\r\n', ['one', 'two']],
    ['words that begin alike', 'RUN echo FROM a AS b\nFROMAGE\n', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(stagesOf(text)).toEqual(expected);
  });
});

describe('hasStage', () => {
  test.each<[string, boolean]>([
    ['production', true],
    ['PRODUCTION', true],
    ['0', true],
    ['1', true],
    ['2', false],
    ['prod', false],
    ['', true],
  ])('%j', (target, expected) => {
    expect(hasStage(['production', ''], target)).toBe(expected);
  });
});
