import { element, replace } from './element.ts';
import { resultView, verdictView } from './result-view.ts';
import { type Verification, verifyFiles } from './verification.ts';
import { fill, type Language, type Words, WORDS } from './words.ts';

/** The page: somebody chooses files, and reads what came of it. */
class VerifierPage {
  private language: Language = navigator.language.startsWith('ja') ? 'ja' : 'en';
  private verification: { of: Verification | 'outdated'; at: Date } | null = null;
  private readonly status = element('p', { role: 'status', class: 'status' });
  private readonly outcome = element('section', { 'aria-live': 'polite', tabindex: '-1' });
  private readonly input = element('input', { type: 'file', multiple: '', id: 'files', class: 'visually-hidden' });
  private readonly body = element('main', {});

  start(): void {
    document.body.append(this.body);
    this.input.addEventListener('change', () => void this.verify([...(this.input.files ?? [])]));
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      void this.verify([...(event.dataTransfer?.files ?? [])]);
    });
    this.draw();
  }

  private draw(): void {
    const words = WORDS[this.language];
    document.documentElement.lang = this.language;
    document.title = words.title;
    replace(this.body, this.header(words), this.chooser(words), this.status, this.outcome);
    if (this.verification) this.show(words);
  }

  private header(words: Words): HTMLElement {
    const other = this.language === 'ja' ? 'en' : 'ja';
    const button = element(
      'button',
      { type: 'button', class: 'button quiet no-print', lang: other },
      words.otherLanguage,
    );
    button.addEventListener('click', () => {
      this.language = other;
      this.draw();
    });
    return element(
      'header',
      {},
      element('h1', {}, words.title),
      button,
      element('p', { class: 'no-print' }, words.intro),
    );
  }

  private chooser(words: Words): HTMLElement {
    const label = element('label', { for: 'files', class: 'button solid' }, words.choose);
    return element('div', { class: 'chooser no-print' }, this.input, element('p', {}, words.drop), label);
  }

  private async verify(files: File[]): Promise<void> {
    if (files.length === 0) return;
    const words = () => WORDS[this.language];
    this.verification = null;
    replace(this.outcome);
    const told = (share: number) => {
      this.status.textContent = fill(words().working, { percent: Math.floor(share * 100) });
    };
    told(0);
    const of = await verifyFiles(files, told).catch(() => 'outdated' as const);
    this.verification = { of, at: new Date() };
    this.status.textContent = '';
    this.input.value = '';
    this.show(words());
    this.outcome.focus();
  }

  private show(words: Words): void {
    if (!this.verification) return;
    const { of, at } = this.verification;
    if (of === 'outdated') replace(this.outcome, verdictView('wrong', words.verdict.outdated));
    else replace(this.outcome, ...resultView(of, at, words, this.language));
  }
}

new VerifierPage().start();
