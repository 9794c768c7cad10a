import { Component, computed, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type ReconciliationFinding, type ReconciliationFindingKind } from '../api/generated/models.ts';
import { FINDING_KINDS } from './reconciliation-words.ts';

const STEP = 20;

/** All findings of one kind: what they mean, and which they are, some at a time. */
@Component({
  selector: 'dw-reconciliation-findings',
  imports: [RouterLink],
  template: `
    <h3>
      {{ words().name }} <span class="figures" i18n="@@findings.count">{{ count() }}件</span>
    </h3>
    <p class="small">{{ words().meaning }}</p>
    @if (shown().length > 0) {
      <ul class="small">
        @for (finding of shown(); track $index) {
          <li>
            @if (finding.callId; as callId) {
              <a [routerLink]="['/calls', callId]" i18n="@@findings.call">通話を開く</a>
            }
            @if (finding.path; as path) {
              <code>{{ path }}</code>
            } @else if (finding.recordingId; as recordingId) {
              <span i18n="@@findings.recording"
                >録音ID <code>{{ recordingId }}</code></span
              >
            } @else if (finding.callId; as callId) {
              <span i18n="@@findings.callId"
                >通話ID <code>{{ callId }}</code></span
              >
            }
          </li>
        }
      </ul>
    }
    @if (shown().length < findings().length) {
      <button type="button" class="button compact" (click)="limit.set(limit() + step)">
        <ng-container i18n="@@findings.more">さらに表示</ng-container>
        <span class="visually-hidden">{{ words().name }}</span>
      </button>
    } @else if (findings().length < count()) {
      <p class="small muted" i18n="@@findings.notNamed">
        ほか{{ count() - findings().length }}件は、数が多いため一覧に残していません。
      </p>
    }
  `,
  styles: `
    :host {
      display: block;
    }
    h3 {
      margin: 0 0 0.25rem;
    }
    ul {
      display: flex;
      flex-direction: column;
      gap: 0.25rem;
      margin: 0.5rem 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 0.75rem;
    }
    code {
      overflow-wrap: anywhere;
    }
  `,
})
export class ReconciliationFindings {
  readonly kind = input.required<ReconciliationFindingKind>();
  /** All there were; those named may be fewer. */
  readonly count = input.required<number>();
  readonly findings = input.required<readonly ReconciliationFinding[]>();
  protected readonly step = STEP;
  protected readonly limit = linkedSignal({ source: this.findings, computation: () => STEP });
  protected readonly words = computed(() => FINDING_KINDS[this.kind()]);
  protected readonly shown = computed(() => this.findings().slice(0, this.limit()));
}
