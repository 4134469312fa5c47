/** Public constructs of the lag watcher. */
export { alarmNames, lagAlarmNames } from '../src/core/alarm-names.ts';
export { type Articles, articlesAt } from './articles.ts';

export { LagAlarms, type LagAlarmsProps } from './lag-alarms.ts';

export { LagDashboard, type LagDashboardProps } from './lag-dashboard.ts';

export { LagWatcher } from './lag-watcher.ts';
export type { LagWatcherProps, WatchingProps } from './lag-watcher-props.ts';
export { LagWatcherStack, type LagWatcherStackProps, type NetworkIds } from './lag-watcher-stack.ts';
export { RunbookAlarms, type RunbookAlarmsProps } from './runbook-alarms.ts';
