import { fact } from '#core/evidence/evidence.ts';
import { knownValue, whyMissing } from '#core/kafka/reading.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';

/** Before lag is judged: while tasks are replaced, members and rates are in motion by themselves. */
export const deploymentInProgress: Cause = {
  id: 'deployment-in-progress',
  title: 'the service is being deployed, or its tasks are still starting',
  mayScale: false,
  advice: ['Wait for the deployment to finish; if it does not, look at the service events.'],
  assess({ service }) {
    const status = knownValue(service);
    if (status === undefined) {
      return undecided(fact('service-unknown', `the service is not known: ${whyMissing(service)}`));
    }
    const { desired, running, pending, deploymentInProgress: deploying } = status;
    const counts = { desired, running, pending };
    if (deploying) return holds('high', fact('deployment', 'a deployment is rolling out', counts));
    if (pending > 0 || running !== desired) {
      return holds(
        'high',
        fact('tasks-starting', `${running} of ${desired} tasks run, ${pending} are starting`, counts),
      );
    }
    return rejected(fact('tasks-steady', `${running} of ${desired} tasks run and none is starting`, counts));
  },
};
