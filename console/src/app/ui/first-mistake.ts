import { type FieldTree } from '@angular/forms/signals';

/** For `onInvalid`: leads whoever sent a form to the first field that is wrong. */
export function focusFirstMistake(field: FieldTree<unknown>): void {
  field().errorSummary()[0]?.fieldTree().focusBoundControl();
}
