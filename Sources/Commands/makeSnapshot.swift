import Backends
import Core
import Engine
import NIOCore
import Policy
import Settings

/// Freezes a configuration into what requests use.
///
/// - Parameter suspended: tools, by key, that nobody may reach for now.
func makeSnapshot(
    _ configuration: Configuration, _ suspended: Set<String>, vault: any Vault, group: any EventLoopGroup
) throws -> (snapshot: Snapshot, upstreams: [Upstream]) {
    var backends: [String: any Backend] = [:]
    var upstreams: [Upstream] = []
    for source in configuration.sources {
        let upstream: Upstream
        do throws(UpstreamFault) {
            upstream = try Upstream(
                origin: source.baseURL.origin,
                options: Upstream.Options(
                    allowAddresses: source.allowAddresses, readTimeout: .seconds(source.timeLimit),
                    requestTimeout: .seconds(source.timeLimit),
                    trustRootFile: source.trustRootFile),
                group: group)
        } catch {
            throw CommandError("the source '\(source.name)' cannot be set up: \(error.detail)")
        }
        upstreams.append(upstream)
        backends[source.name] = HTTPBackend(
            upstream: upstream, basePath: source.baseURL.path, operations: source.operations,
            credential: source.credential, vault: vault, group: group)
    }
    var facts: [Requirement.Address: any FactSource] = [:]
    for requirement in configuration.policy.rules.flatMap(\.requirements) {
        guard case .address(let address) = requirement.place, facts[address] == nil else { continue }
        do {
            let url = try BaseURL.parse(address.url)
            let upstream = try Upstream(
                origin: url.origin, options: HTTPFacts.options(allowsLoopback: address.allowsLoopback), group: group)
            upstreams.append(upstream)
            facts[address] = HTTPFacts(
                upstream: upstream, path: url.path, secret: address.secret, vault: vault, group: group)
        } catch {
            throw CommandError("the address of the fact '\(requirement.id)' cannot be set up: \(error)")
        }
    }
    let snapshot = Snapshot(
        version: String(configuration.version.prefix(16)), policy: configuration.policy,
        catalogue: Catalogue(configuration.tools, suspended: suspended), backends: backends,
        approvers: configuration.people.mapValues(\.roles), rates: configuration.rates,
        budgets: configuration.budgets,
        breakers: Dictionary(configuration.sources.map { ($0.name, $0.breaker) }) { first, _ in first },
        facts: facts)
    return (snapshot, upstreams)
}
