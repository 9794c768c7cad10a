import { type SchemaPath, validate } from '@angular/forms/signals';

const LEAST_LENGTH = 12;
const LONGEST = 100;

/** What can be typed alike on every keyboard and in every program that opens the archive. Nothing typed is none wanted. */
export function typeableAnywhere(path: SchemaPath<string>): void {
  validate(path, ({ value }) => {
    const typed = value();
    if (typed === '') return null;
    const message = mistakeIn(typed);
    return message === null ? null : { kind: 'passphrase', message };
  });
}

function mistakeIn(typed: string): string | null {
  if (!/^[\x20-\x7e]*$/.test(typed)) {
    return $localize`:@@passphrase.letters:半角の英数字と記号で入力してください`;
  }
  if (typed.length < LEAST_LENGTH) return $localize`:@@passphrase.tooShort:12文字以上にしてください`;
  if (typed.length > LONGEST) return $localize`:@@passphrase.tooLong:100文字以内にしてください`;
  return typed.trim() === typed ? null : $localize`:@@passphrase.spaces:先頭と末尾の空白を取り除いてください`;
}

/** The same, typed once more: who mistypes it once can never open the archive. */
export function typedAgain(path: SchemaPath<string>, first: SchemaPath<string>): void {
  validate(path, ({ value, valueOf }) =>
    value() === valueOf(first)
      ? null
      : { kind: 'different', message: $localize`:@@passphrase.different:パスフレーズと一致していません` },
  );
}
