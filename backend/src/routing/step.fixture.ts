import { END_CAUSE_Q850, type Step } from './decide.ts';

/** A step as the journal of a call tells it, in short: `event value value`. */
export function stepInShort(step: Step): string {
  switch (step.type) {
    case 'notice':
      return `notice ${step.notice}`;
    case 'schedule':
      return `schedule ${step.schedule} ${step.state.openness} ${step.state.rule}`;
    case 'desk':
      return `desk ${step.desk}`;
    case 'end':
      return `end ${END_CAUSE_Q850[step.cause]}`;
    case 'menu':
    case 'forward':
    case 'message':
      return `${step.type} ${step.node}`;
  }
}
