/** Writes the pages that are made from code: `node bin/docs.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsPage } from './metrics-page.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'metrics.md'), metricsPage());
