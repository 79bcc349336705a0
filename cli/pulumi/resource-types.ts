/** Pulumi's types of the resources that commands look at. */
export const TYPES = {
  /** A service, or a job: what holds the resources of either. */
  service: 'slipway:components:Service',
  container: 'docker:index/container:Container',
  image: 'docker:index/remoteImage:RemoteImage',
  network: 'docker:index/network:Network',
  volume: 'docker:index/volume:Volume',
  replica: 'slipway:index:Replica',
  job: 'slipway:index:Job',
  /** The check that a replacement can start, made while the old one serves. */
  preflight: 'slipway:index:Preflight',
  files: 'slipway:index:Files',
  postgresDatabase: 'slipway:index:PostgresDatabase',
  postgresRole: 'slipway:index:PostgresRole',
  password: 'random:index/randomPassword:RandomPassword',
  /** Since when secrets have their values. */
  secretDates: 'slipway:index:SecretDates',
  subnets: 'slipway:index:Subnets',
  ports: 'slipway:index:Ports',
  /** The record of what was released. */
  release: 'slipway:index:Release',
  privateKey: 'tls:index/privateKey:PrivateKey',
  certificateRequest: 'tls:index/certRequest:CertRequest',
  /** What the stack's own authority signs. */
  certificate: 'tls:index/locallySignedCert:LocallySignedCert',
  /** The certificate of that authority. */
  authority: 'tls:index/selfSignedCert:SelfSignedCert',
} as const;
