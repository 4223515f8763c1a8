import { checkChart, valueSets } from './src/chart.ts';
import { checkDeploy } from './src/deploy.ts';
import { findHelm, run } from './src/helm.ts';
import { readSettings } from './src/settings.ts';
import { checkValuesSchema } from './src/values-schema.ts';

const usage = `Usage: node tools/charts/check.ts [--write]

Lints and renders helm/lamplighter with real Helm, checks what comes out, and checks deploy/.
--write  puts the services' settings into the chart's values.schema.json first`;

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--write')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const settings = readSettings();
  const problems = [...checkValuesSchema(settings, args.includes('--write')), ...checkDeploy(settings)];
  let helm = '';
  try {
    helm = await findHelm();
    problems.push(...(await checkChart(helm, settings)));
  } catch (error) {
    problems.push((error as Error).message);
  }
  for (const problem of problems) process.stderr.write(`charts: ${problem}\n`);
  if (problems.length > 0) return 1;
  const version = (await run(helm, ['version', '--short'])).stdout.trim();
  process.stdout.write(`helm/lamplighter: ${valueSets.length} sets of values, Helm ${version}; deploy/: sound\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
