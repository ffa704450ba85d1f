import path from 'node:path'
import { makePrivateDir } from '../../../src/platform/database/embedded/account.ts'
import { Service, type ServiceOptions } from './service.ts'

export type MemberSettings = {
  name: string
  ports: { postgres: number; rest: number; link: number }
  etcdPort: number
  postgresPrograms: string
  passwords: Passwords
  options: ServiceOptions
}
export type Passwords = Record<'superuser' | 'replication' | 'rewind' | 'rest' | 'backlot', string>

/** One node of the cluster: Patroni, its PostgreSQL, and the link by which the others reach that. */
export class Member {
  readonly name: string
  readonly ports: MemberSettings['ports']
  readonly #settings: MemberSettings
  readonly #dataDir: string
  #patroni: Service
  readonly #link: Service

  private constructor(settings: MemberSettings) {
    const { name, ports, options } = settings
    this.name = name
    this.ports = ports
    this.#settings = settings
    this.#dataDir = path.join(options.directory, name)
    makePrivateDir(this.#dataDir, options.account)
    this.#link = Service.start(['haproxy', '-f', path.join(options.directory, 'link.cfg')], {
      ...options,
      env: { LINK_BIND: `127.0.0.1:${ports.link}`, LINK_TARGET: `127.0.0.1:${ports.postgres}` },
    })
    this.#patroni = this.#startPatroni()
  }

  static start(settings: MemberSettings): Member {
    return new Member(settings)
  }

  #startPatroni(): Service {
    const { options } = this.#settings
    const command = ['patroni', path.join(options.directory, 'patroni.yml')]
    return Service.start(
      command,
      { ...options, env: patroniEnvironment(this.#settings, this.#dataDir) },
      this.#dataDir,
    )
  }

  /** The node is gone. Returns how many processes it was. */
  kill(): number {
    return this.#patroni.kill()
  }

  /** The node is back, with what is on its disk. */
  restart(): void {
    this.#patroni = this.#startPatroni()
  }

  /** Nothing of it reaches a standby any more, and nobody is told. */
  silenceReplication(): void {
    this.#link.freeze()
  }

  /** What was on its way is lost. */
  breakReplication(): void {
    this.#link.kill()
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(), this.#patroni.close()])
  }
}

const patroniEnvironment = (
  { name, ports, etcdPort, postgresPrograms, passwords }: MemberSettings,
  dataDir: string,
) => ({
  PATRONI_NAME: name,
  PATRONI_ETCD3_HOSTS: `127.0.0.1:${etcdPort}`,
  PATRONI_RESTAPI_LISTEN: `127.0.0.1:${ports.rest}`,
  PATRONI_RESTAPI_CONNECT_ADDRESS: `127.0.0.1:${ports.rest}`,
  PATRONI_RESTAPI_USERNAME: 'patroni',
  PATRONI_RESTAPI_PASSWORD: passwords.rest,
  PATRONI_POSTGRESQL_LISTEN: `127.0.0.1:${ports.postgres}`,
  PATRONI_POSTGRESQL_CONNECT_ADDRESS: `127.0.0.1:${ports.link}`,
  PATRONI_POSTGRESQL_DATA_DIR: dataDir,
  PATRONI_POSTGRESQL_BIN_DIR: postgresPrograms,
  PATRONI_POSTGRESQL_PGPASS: `${dataDir}.pgpass`,
  PATRONI_SUPERUSER_USERNAME: 'postgres',
  PATRONI_SUPERUSER_PASSWORD: passwords.superuser,
  PATRONI_REPLICATION_USERNAME: 'replicator',
  PATRONI_REPLICATION_PASSWORD: passwords.replication,
  PATRONI_REWIND_USERNAME: 'rewinder',
  PATRONI_REWIND_PASSWORD: passwords.rewind,
  BACKLOT_DATABASE_PASSWORD: passwords.backlot,
})
