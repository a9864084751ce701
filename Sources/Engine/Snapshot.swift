package import Core
package import Policy

/// The frozen configuration, policy and catalogue that one request uses from its first to its last step.
package final class Snapshot: Sendable {
    /// Digest of the configuration with all documents it reads.
    package let version: String
    package let policy: Policy
    package let catalogue: Catalogue
    package let backends: [String: any Backend]
    /// People who decide, by name, with their roles.
    package let approvers: [String: Set<String>]
    /// How often calls may come.
    package let rates: [Rate]
    /// How much may come of calls.
    package let budgets: [Budget]
    /// When a source is left alone; those that are not named have the usual limits.
    package let breakers: [String: Breaker.Limits]
    /// Where facts are asked that rules demand.
    package let facts: [Requirement.Address: any FactSource]
    package let listing: Listing

    package init(
        version: String, policy: Policy, catalogue: Catalogue, backends: [String: any Backend],
        approvers: [String: Set<String>], rates: [Rate] = [], budgets: [Budget] = [],
        breakers: [String: Breaker.Limits] = [:], facts: [Requirement.Address: any FactSource] = [:]
    ) {
        self.version = version
        self.policy = policy
        self.catalogue = catalogue
        self.backends = backends
        self.approvers = approvers
        self.rates = rates
        self.budgets = budgets
        self.breakers = breakers
        self.facts = facts
        listing = Listing(catalogue: catalogue, policy: policy)
    }

    /// The same with another catalogue.
    package func with(_ catalogue: Catalogue) -> Snapshot {
        Snapshot(
            version: version, policy: policy, catalogue: catalogue, backends: backends, approvers: approvers,
            rates: rates, budgets: budgets, breakers: breakers, facts: facts)
    }
}
