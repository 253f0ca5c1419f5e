import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainDocument } from './explain-examples.ts';
import { ROOT } from './run-tool.ts';

// npx tsx test/tools/write-explain-document.ts
writeFileSync(join(ROOT, 'docs/explain.md'), await explainDocument());
