import { expect, test } from '@jest/globals';
import { renderReference } from '../../../config/reference.ts';
import { expectFile } from '../../golden/golden.ts';

test('the reference of the configuration is the one that the schema gives', () => {
  expectFile('docs/reference/configuration.md', renderReference());
});

test('every key is described, with what it accepts and what holds without it', () => {
  const sections = renderReference().split('### ').slice(1);
  expect(sections.length).toBeGreaterThan(15);
  for (const section of sections) {
    expect(section).toMatch(/^`slipway:.+`\n\n\S.*\n\n- Accepted: \S.*\n- Default: \S.*\n/);
  }
});
