import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Planning is pure: what describes, checks and resolves a system may know nothing of Pulumi or of an engine. */
const pure = [
  'config/schema/**',
  'config/rules/**',
  'config/plan/**',
  'config/release/**',
  'config/effects/**',
  'config/systems/**',
  'config/graph/**',
  'config/compose/**',
  'config/nginx/**',
  'config/stores/**',
  'config/monitoring/**',
];

export default defineConfig(
  globalIgnores(['node_modules/', '.slipway/', 'images/*/node_modules/', 'images/*/dist/']),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // What is taken out of an object to leave the rest is used by that.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    // The type checker knows which names there are.
    files: ['**/*.mjs'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: pure,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(@pulumi/|dockerode$|execa$|(node:)?child_process$)',
              message: 'Planning is pure: no Pulumi, no engine, no processes.',
            },
          ],
        },
      ],
    },
  },
);
