import JSON
import TestSupport
import Testing

@testable import OpenAPI

struct ArgumentNamesTests {
    @Test func `the path keeps its name and others say where they go`() {
        let names = ArgumentNames.assign([
            .init(name: "id", location: .query), .init(name: "id", location: .path),
            .init(name: "id", location: .header),
            .init(name: "X-Ref", location: .header),
        ])
        #expect(names == ["query_id", "id", "header_id", "X-Ref"])
    }

    @Test func `what no model API accepts is rewritten`() {
        let names = ArgumentNames.assign([
            .init(name: "filter[state]", location: .query), .init(name: "$top", location: .query),
            .init(name: "日本", location: .query),
        ])
        #expect(names[0] == "filter_state")
        #expect(names[1] == "top")
        #expect(names[2].hasPrefix("argument_"))
    }

    @Test(arguments: 0..<50)
    func `names are unique, plain and independent of order`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let words = ["id", "query_id", "header_id", "a[b]", "a_b", "a b", "é", "x", "body", "$x"]
        var subjects: Set<ArgumentNames.Subject> = []
        for _ in 0..<20 {
            subjects.insert(
                .init(
                    name: words.randomElement(using: &random) ?? "",
                    location: Parameter.Location.allCases.randomElement(using: &random) ?? .query))
        }
        let list = subjects.sorted { ($0.name, $0.location.rawValue) < ($1.name, $1.location.rawValue) }
        let names = ArgumentNames.assign(list)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy(ArgumentNames.isPlain))
        let named = Dictionary(uniqueKeysWithValues: zip(list, names))
        let shuffled = list.shuffled(using: &random)
        #expect(ArgumentNames.assign(shuffled) == shuffled.compactMap { named[$0] })
    }
}
