import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type Pg from 'pg';
import { translate, UnavailableError } from '../../../../images/workload/src/database.ts';

const source = path.resolve(import.meta.dirname, '../../../../images/workload/src/database.ts');
const { DatabaseError } = createRequire(source)('pg') as typeof Pg;

const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });
const answered = (code: string): Error => Object.assign(new DatabaseError('no', 2, 'error'), { code });

describe('what the database cannot do now', () => {
  test.each([
    ['a refused connection', system('ECONNREFUSED')],
    ['a name that nobody knows, as its container is down', system('ENOTFOUND')],
    ['a name that nobody answers for, as on a network without a way out', system('EAI_AGAIN')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['an answer that did not come', new Error('Query read timeout')],
    ['a server that starts or ends', answered('57P03')],
    ['no more connections', answered('53300')],
    ['tables that are not there yet', answered('42P01')],
  ])('%s is unavailable: asking again may help', (_, error) => {
    expect(translate(error)).toBeInstanceOf(UnavailableError);
  });

  test.each([
    ['a statement that is wrong', answered('42601')],
    ['a row that is there already', answered('23505')],
    ['a mistake of our own', new TypeError('x is not a function')],
  ])('%s stays what it is', (_, error) => {
    expect(translate(error)).toBe(error);
  });
});
