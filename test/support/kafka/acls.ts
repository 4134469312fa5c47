/** Rights of users at a broker of the local stand that was started with ACLs. */
import {
  type Acl,
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';

/** What a user may describe, by exact name; `*` is all. */
export interface Describes {
  readonly cluster?: boolean;
  readonly groups?: readonly string[];
  readonly topics?: readonly string[];
  readonly transactions?: readonly string[];
  /** Topics whose configuration too. */
  readonly configs?: readonly string[];
}

/** Gives users rights. They take effect a moment later. */
export async function allowDescribe(bootstrap: string, rights: Readonly<Record<string, Describes>>): Promise<void> {
  const admin = new Admin({ clientId: 'acls', bootstrapBrokers: bootstrap.split(',') });
  try {
    await admin.createAcls({
      creations: Object.entries(rights).flatMap(([user, describes]) => aclsOf(user, describes)),
    });
  } finally {
    await admin.close();
  }
}

function aclsOf(
  user: string,
  { cluster, groups = [], topics = [], transactions = [], configs = [] }: Describes,
): Acl[] {
  const { CLUSTER, GROUP, TOPIC, TRANSACTIONAL_ID } = ResourceTypes;
  const acl = (
    resourceType: Acl['resourceType'],
    resourceName: string,
    operation: Acl['operation'] = AclOperations.DESCRIBE,
  ): Acl => ({
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  });
  return [
    ...(cluster ? [acl(CLUSTER, 'kafka-cluster')] : []),
    ...groups.map((name) => acl(GROUP, name)),
    ...topics.map((name) => acl(TOPIC, name)),
    ...transactions.map((name) => acl(TRANSACTIONAL_ID, name)),
    ...configs.map((name) => acl(TOPIC, name, AclOperations.DESCRIBE_CONFIGS)),
  ];
}
