import { fact } from '#core/evidence/evidence.ts';
import { knownValue, whyMissing } from '#core/kafka/reading.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';

/** Comes before any judgement of lag: while ECS replaces tasks, members and rates change anyway. */
export const deploymentInProgress: Cause<'deployment-in-progress'> = {
  id: 'deployment-in-progress',
  title: 'the service is being deployed, or its tasks are still starting',
  response: 'recheck',
  advice: ['Wait for the deployment to finish. If it does not finish, check the events of the service.'],
  assess({ service }) {
    const status = knownValue(service);
    if (status === undefined) {
      return undecided(fact('service-unknown', `the service is unknown: ${whyMissing(service)}`));
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
