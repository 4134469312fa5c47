/**
 * Set-up of the tests with Java, before the first of them: downloads the jars once, and prepares
 * their classes.
 */
import { createClassArchives } from './class-archive.ts';

export const setup = createClassArchives;
