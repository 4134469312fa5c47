/**
 * Entry of the CDK app. The configuration file is named by `-c config=path` or LAG_WATCHER_CONFIG.
 */
import { App } from 'aws-cdk-lib';
import { SettingsError } from '#core/errors.ts';
import { LagWatcherStack } from '#lib/index.ts';
import { readAppConfig } from './app-config.ts';

try {
  const app = new App({ autoSynth: false }); // with a wrong configuration there must be nothing to deploy
  const file: unknown = app.node.tryGetContext('config') ?? process.env.LAG_WATCHER_CONFIG;
  // No fallback: a misspelt option must not deploy the example.
  if (typeof file !== 'string' || file === '') {
    throw new SettingsError(['no configuration file; name it with -c config=FILE or LAG_WATCHER_CONFIG']);
  }
  const config = readAppConfig(file);
  new LagWatcherStack(app, config.stackName, config);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
