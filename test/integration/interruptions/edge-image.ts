import { execa } from 'execa';
import { imageContexts, machineBuildArgs } from '../../../components/image-context.ts';
import { toolchainEnvironment } from '../../../tools/setup/environment.mjs';
import { projectFolder } from '../../../tools/setup/layout.mjs';
import { planOf, resolveShop } from '../../unit/config/fixture.ts';
import { shop } from './shop.ts';

/** The name of the image of the shop's edge, which the shared engine has then. */
export async function edgeImage(): Promise<string> {
  const contexts = await imageContexts(projectFolder, planOf(resolveShop(shop)));
  const context = contexts.get('nginx');
  if (!context) throw new Error('the shop has an edge that is not built');
  const name = `slipway/nginx:${context.digest}`;
  const { exitCode } = await execa('docker', ['image', 'inspect', name], { reject: false });
  if (exitCode === 0) return name;
  const args = Object.entries(machineBuildArgs(toolchainEnvironment(projectFolder)));
  const given = args.flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  await execa('docker', ['build', '--quiet', '--tag', name, ...given, context.path], { cwd: projectFolder });
  return name;
}
