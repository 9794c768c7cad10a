import { jest } from '@jest/globals';

/*
 * Calls are played in real time, and a machine that stands still for a moment is a moment of sound missing. A test that fails is
 * run once more after the others of its file; what it said is printed, and the run ends with the names of all that passed only then.
 * They want a look: each one so far was a race in the test, or in the product.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
