/** Writes the pages that are made from code: `node bin/docs.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliPage } from './cli-page.ts';
import { metricsPage } from './metrics-page.ts';

const docs = join(import.meta.dirname, '..', 'docs');
writeFileSync(join(docs, 'metrics.md'), metricsPage());
writeFileSync(join(docs, 'cli.md'), await cliPage());
