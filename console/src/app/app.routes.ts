import { type Routes } from '@angular/router';
import { FEATURES } from './features.ts';
import { loggedIn, loggedOut } from './session/session.guards.ts';

export const routes: Routes = [
  {
    path: 'log-in',
    title: $localize`:@@logIn.title:ログイン`,
    canActivate: [loggedOut],
    loadComponent: () => import('./session/log-in.page.ts').then((m) => m.LogInPage),
  },
  {
    path: 'unavailable',
    title: $localize`:@@unavailable.title:接続できません`,
    loadComponent: () => import('./shell/unavailable.page.ts').then((m) => m.UnavailablePage),
  },
  {
    path: '',
    canActivate: [loggedIn],
    canActivateChild: [loggedIn],
    loadComponent: () => import('./shell/shell.ts').then((m) => m.Shell),
    children: [
      { path: '', pathMatch: 'full', loadComponent: () => import('./shell/start.page.ts').then((m) => m.StartPage) },
      ...FEATURES,
      {
        path: 'password',
        title: $localize`:@@passwordChange.title:パスワードの変更`,
        loadComponent: () => import('./session/password.page.ts').then((m) => m.PasswordPage),
      },
      {
        path: '**',
        title: $localize`:@@notFound.title:ページが見つかりません`,
        loadComponent: () => import('./shell/not-found.page.ts').then((m) => m.NotFoundPage),
      },
    ],
  },
];
