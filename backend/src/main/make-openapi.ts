import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../platform/project.ts';
import { apiDocumentText } from './api-document.ts';

/** Writes `backend/openapi.json`. Run it after a change of routes or schemas; a unit test compares. */
writeFileSync(join(project.root, 'backend', 'openapi.json'), apiDocumentText());
