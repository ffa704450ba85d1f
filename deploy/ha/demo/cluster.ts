import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { makePrivateDir, serverAccount } from '../../../src/platform/database/embedded/account.ts'
import { freePort } from '../../../test/harness/free-port.ts'
import { Member, type Passwords } from './member.ts'
import { changeConfiguration, isPrimary, type MemberState, readMembers } from './patroni-api.ts'
import { Service, type ServiceOptions } from './service.ts'
import { until } from './until.ts'

const startTimeoutMs = 60_000
const failoverTimeoutMs = 60_000
const rejoinTimeoutMs = 90_000

type Ports = Record<'etcd' | 'etcdPeer' | 'primary' | 'replicas' | 'stats', number>

/** etcd, two members and HAProxy on this machine, with the files of deploy/ha and what they say. */
export class Cluster {
  readonly members: Member[] = []
  readonly #ports: Ports
  readonly #passwords: Passwords
  readonly #services: Service[] = []

  private constructor(ports: Ports, passwords: Passwords) {
    this.#ports = ports
    this.#passwords = passwords
  }

  /** `directory` is emptied by its owner, after `close`. Resolves when the standby is synchronous. */
  static async start(directory: string, postgresPrograms: string): Promise<Cluster> {
    const [etcd, etcdPeer, primary, replicas, stats] = await freePorts(5)
    const cluster = new Cluster({ etcd, etcdPeer, primary, replicas, stats }, makePasswords())
    try {
      await cluster.#start(directory, postgresPrograms)
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  async #start(directory: string, postgresPrograms: string) {
    const account = serverAccount(directory)
    makePrivateDir(directory, account)
    // Copies, since another account may not be let into the checkout.
    for (const file of ['patroni.yml', 'haproxy.cfg', 'create-backlot.sh', 'demo/link.cfg']) {
      fs.copyFileSync(path.join(import.meta.dirname, '..', file), path.join(directory, path.basename(file)))
      fs.chmodSync(path.join(directory, path.basename(file)), 0o644)
    }
    const optionsOf = (name: string): ServiceOptions => ({
      env: {},
      directory,
      account,
      logFile: path.join(directory, `${name}.log`),
    })
    this.#services.push(startEtcd(this.#ports, optionsOf('etcd')))
    for (const name of ['member1', 'member2']) {
      const [postgres, rest, link] = await freePorts(3)
      const options = optionsOf(name)
      const ports = { postgres, rest, link }
      this.members.push(
        Member.start({
          name,
          ports,
          etcdPort: this.#ports.etcd,
          postgresPrograms,
          passwords: this.#passwords,
          options,
        }),
      )
    }
    this.#services.push(startHaproxy(this.#ports, this.members, optionsOf('haproxy')))
    await this.untilSynchronous(startTimeoutMs)
    await until('HAProxy', startTimeoutMs, async () =>
      (await fetch(`http://127.0.0.1:${this.#ports.stats}/ready`)).ok ? true : undefined,
    )
  }

  /** Whoever is the primary, by HAProxy. */
  get primaryUrl(): string {
    return this.#url(this.#ports.primary)
  }

  /** The replicas, by HAProxy. */
  get replicasUrl(): string {
    return this.#url(this.#ports.replicas)
  }

  /** One member, past HAProxy. */
  urlOf(member: Member): string {
    return this.#url(member.ports.postgres)
  }

  #url(port: number): string {
    return `postgres://backlot:${this.#passwords.backlot}@127.0.0.1:${port}/backlot`
  }

  /** Waits until another member than those of `except` is the primary. */
  leader(except: Member[] = []): Promise<Member> {
    return until('a leader', failoverTimeoutMs, async () => {
      for (const member of this.members) {
        if (!except.includes(member) && (await isPrimary(member.ports.rest).catch(() => false))) return member
      }
      return undefined
    })
  }

  /** Waits until there is a leader, and the other member is its synchronous standby. */
  untilSynchronous(timeoutMs = rejoinTimeoutMs): Promise<void> {
    return this.#untilMembers('a synchronous standby', timeoutMs, isSynchronousPair)
  }

  /** From here on commits wait for no standby, and one that lacks much may be promoted: what `patroni.yml` keeps from happening. */
  async makeAsynchronous(): Promise<void> {
    const leader = await this.leader()
    const change = { synchronous_mode: false, maximum_lag_on_failover: 1024 ** 3 }
    await changeConfiguration(leader.ports.rest, this.#passwords.rest, change)
    await this.#untilMembers('an asynchronous standby', rejoinTimeoutMs, isAsynchronousPair)
  }

  async #untilMembers(what: string, timeoutMs: number, test: (members: MemberState[]) => boolean) {
    await until(what, timeoutMs, async () => {
      const leader = await this.leader()
      return test(await readMembers(leader.ports.rest)) ? true : undefined
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.members, ...this.#services].map((each) => each.close()))
  }
}

const isSynchronousPair = (members: MemberState[]): boolean =>
  members.some(({ role }) => role === 'leader') &&
  members.some(({ role, state }) => role === 'sync_standby' && isUp(state))

const isAsynchronousPair = (members: MemberState[]): boolean =>
  members.some(({ role, state }) => role === 'replica' && isUp(state))

/** Patroni before 3.1 says `running` of a standby that streams, later ones `streaming`. */
const isUp = (state: string): boolean => state === 'running' || state === 'streaming'

const startEtcd = (ports: Ports, options: ServiceOptions): Service => {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.etcdPeer}`]
  const shared = parseEnv(fs.readFileSync(path.join(import.meta.dirname, '..', 'etcd.env'), 'utf8'))
  return Service.start(['etcd'], {
    ...options,
    env: {
      ...Object.fromEntries(Object.entries(shared).map(([name, value]) => [name, value ?? ''])),
      ETCD_NAME: 'etcd1',
      ETCD_DATA_DIR: path.join(options.directory, 'etcd'),
      ETCD_LISTEN_CLIENT_URLS: client,
      ETCD_ADVERTISE_CLIENT_URLS: client,
      ETCD_LISTEN_PEER_URLS: peer,
      ETCD_INITIAL_ADVERTISE_PEER_URLS: peer,
      ETCD_INITIAL_CLUSTER: `etcd1=${peer}`,
    },
  })
}

const startHaproxy = (ports: Ports, [first, second]: Member[], options: ServiceOptions): Service =>
  Service.start(['haproxy', '-f', path.join(options.directory, 'haproxy.cfg')], {
    ...options,
    env: {
      PRIMARY_BIND: `127.0.0.1:${ports.primary}`,
      REPLICAS_BIND: `127.0.0.1:${ports.replicas}`,
      STATS_BIND: `127.0.0.1:${ports.stats}`,
      MEMBER_1: `127.0.0.1:${first?.ports.postgres}`,
      MEMBER_1_REST_PORT: `${first?.ports.rest}`,
      MEMBER_2: `127.0.0.1:${second?.ports.postgres}`,
      MEMBER_2_REST_PORT: `${second?.ports.rest}`,
    },
  })

const makePasswords = (): Passwords => {
  const password = () => randomBytes(18).toString('base64url')
  return {
    superuser: password(),
    replication: password(),
    rewind: password(),
    rest: password(),
    backlot: password(),
  }
}

const taken = new Set<number>()

/** Ports that are free, and not yet given to a service that is only about to take it. */
async function freePorts(count: 3): Promise<[number, number, number]>
async function freePorts(count: 5): Promise<[number, number, number, number, number]>
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = await freePort()
    if (!taken.has(port)) ports.push(port)
    taken.add(port)
  }
  return ports
}
