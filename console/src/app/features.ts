import { type Signal, inject } from '@angular/core';
import { type Route } from '@angular/router';
import { Attention } from './health/attention.ts';
import { LiveCalls } from './live/live-calls.ts';
import { type Permission } from './session/permission.ts';
import { permitted } from './session/session.guards.ts';
import { type IconName } from './ui/icon.ts';

export interface MenuEntry {
  label: string;
  icon: IconName;
  /** Made in an injection context: a number to show beside the label, and how to say it. */
  badge?: () => { count: Signal<number>; say: (count: number) => string; urgent: boolean };
}

/** A screen: its address, title, menu entry and permission stand in one place. */
export interface Feature extends Route {
  path: string;
  title: string;
  data: { permission: Permission; menu?: MenuEntry };
}

export const FEATURES: Feature[] = [
  {
    path: 'calls',
    title: $localize`:@@callList.title:通話一覧`,
    canMatch: [permitted],
    data: { permission: 'calls.search', menu: { label: $localize`:@@menu.calls:通話一覧`, icon: 'calls' } },
    loadComponent: () => import('./calls/call-list.page.ts').then((m) => m.CallListPage),
  },
  {
    path: 'calls/:id',
    title: $localize`:@@callDetail.title:通話の詳細`,
    canMatch: [permitted],
    data: { permission: 'calls.search' },
    loadComponent: () => import('./calls/call-detail.page.ts').then((m) => m.CallDetailPage),
  },
  {
    path: 'live',
    title: $localize`:@@live.title:通話中`,
    canMatch: [permitted],
    data: {
      permission: 'calls.watch',
      menu: {
        label: $localize`:@@menu.live:通話中`,
        icon: 'live',
        badge: () => ({
          count: inject(LiveCalls).count,
          say: (count) => $localize`:@@menu.liveCount:${count}:count:件の通話中`,
          urgent: false,
        }),
      },
    },
    loadComponent: () => import('./live/live.page.ts').then((m) => m.LivePage),
  },
  {
    path: 'exports',
    title: $localize`:@@exports.title:書き出し一覧`,
    canMatch: [permitted],
    data: {
      permission: 'recordings.export',
      menu: { label: $localize`:@@menu.exports:書き出し一覧`, icon: 'exports' },
    },
    loadComponent: () => import('./exports/exports.page.ts').then((m) => m.ExportsPage),
  },
  {
    path: 'reconciliations',
    title: $localize`:@@reconciliations.title:録音の照合`,
    canMatch: [permitted],
    data: {
      permission: 'recordings.reconcile',
      menu: { label: $localize`:@@menu.reconciliations:録音の照合`, icon: 'compare' },
    },
    loadComponent: () => import('./reconciliations/reconciliations.page.ts').then((m) => m.ReconciliationsPage),
  },
  {
    path: 'notices',
    title: $localize`:@@notices.title:告知`,
    canMatch: [permitted],
    data: { permission: 'configuration.read', menu: { label: $localize`:@@menu.notices:告知`, icon: 'volume' } },
    loadComponent: () => import('./notices/notices.page.ts').then((m) => m.NoticesPage),
  },
  {
    path: 'phones',
    title: $localize`:@@phones.title:電話機と外線`,
    canMatch: [permitted],
    data: { permission: 'health.read', menu: { label: $localize`:@@menu.phones:電話機と外線`, icon: 'phone' } },
    loadComponent: () => import('./phones/phones.page.ts').then((m) => m.PhonesPage),
  },
  {
    path: 'phones/:id',
    title: $localize`:@@phoneSettings.title:電話機の設定値`,
    canMatch: [permitted],
    data: { permission: 'phones.settings' },
    loadComponent: () => import('./phones/phone-settings.page.ts').then((m) => m.PhoneSettingsPage),
  },
  {
    path: 'health',
    title: $localize`:@@health.title:稼働状況`,
    canMatch: [permitted],
    data: {
      permission: 'health.read',
      menu: {
        label: $localize`:@@menu.health:稼働状況`,
        icon: 'health',
        badge: () => ({
          count: inject(Attention).count,
          say: (count) => $localize`:@@menu.attentionCount:対応が必要なこと${count}:count:件`,
          urgent: true,
        }),
      },
    },
    loadComponent: () => import('./health/health.page.ts').then((m) => m.HealthPage),
  },
];
