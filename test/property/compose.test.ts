import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { composeDocument, type ComposeDocument } from '../../config/compose/document.ts';
import { composeText } from '../../config/compose/text.ts';
import type { Plan } from '../../config/plan/types.ts';
import { resolvePlan } from '../../config/resolve.ts';
import { stackOfSystem } from './systems.ts';

const args = { tags: new Map([['app', 'slipway/app:0123456789ab']]), project: '/project' };

function forEveryPlan(check: (plan: Plan) => void): void {
  fc.assert(
    fc.property(stackOfSystem, ({ description, values }) => {
      const { plan, issues } = resolvePlan({ stack: 'dev', values, providedSecrets: [] }, { shop: description });
      if (!plan) throw new Error(JSON.stringify(issues, undefined, 2));
      check(plan);
    }),
    { numRuns: 100 },
  );
}

test('every plan is written as a compose file that says what the document does, the same each time', () => {
  forEveryPlan((plan) => {
    const text = composeText(plan, args);
    // Nothing in these systems holds a `$`, which is written twice.
    expect(parse(text)).toEqual(composeDocument(plan, args));
    expect(composeText(plan, args)).toBe(text);
  });
});

test('a compose document refers to nothing but what is in it', () => {
  forEveryPlan((plan) => {
    const { services, networks, volumes = {} }: ComposeDocument = composeDocument(plan, args);
    for (const service of Object.values(services)) {
      const joined = Array.isArray(service.networks) ? (service.networks as string[]) : Object.keys(service.networks);
      const used = (service.volumes ?? []).filter(({ type }) => type === 'volume').map(({ source }) => source);
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on ?? {})));
      expect(Object.keys(networks)).toEqual(expect.arrayContaining(joined));
      expect(Object.keys(volumes)).toEqual(expect.arrayContaining(used));
    }
  });
});

test('no service waits for a job that runs on demand only', () => {
  forEveryPlan((plan) => {
    const { services } = composeDocument(plan, args);
    for (const service of Object.values(services).filter(({ profiles }) => profiles === undefined)) {
      for (const other of Object.keys(service.depends_on ?? {})) {
        expect(services[other]).not.toHaveProperty('profiles');
      }
    }
  });
});
