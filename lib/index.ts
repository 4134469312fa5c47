/** Public constructs of the lag watcher. */
export { alarmNames, lagAlarmNames } from '#core/metrics/alarm-names.ts';
export { type Article, type Articles, articlesAt } from '#lib/alarms/articles.ts';
export { LagAlarms, type LagAlarmsProps } from '#lib/alarms/lag-alarms.ts';
export { WatcherAlarms, type WatcherAlarmsProps } from '#lib/alarms/watcher-alarms.ts';
export { LagDashboard, type LagDashboardProps } from '#lib/dashboard/lag-dashboard.ts';
export { LagWatcher } from './lag-watcher.ts';
export type { LagWatcherProps, WatchingProps } from './lag-watcher-props.ts';
export { LagWatcherStack, type LagWatcherStackProps, type NetworkIds } from './lag-watcher-stack.ts';
