import JSON
import TestSupport
import Testing

@testable import OpenAPI

struct ToolNamesTests {
    @Test(arguments: [
        ("listUserIDs", "list_user_ids"), ("HTTPServer", "http_server"), ("repos/get-v2", "repos_get_v2"),
        ("getV2User", "get_v2_user"), ("__a--b__", "a_b"), ("ABC", "abc"), ("aB", "a_b"), ("2fa", "2fa"),
        ("Größe", "gr_e"), ("取得", ""),
    ])
    func `words become snake case`(_ text: String, _ name: String) {
        #expect(ToolNames.snakeCase(text) == name)
    }

    @Test func `without an id the method and path make the name`() {
        let names = ToolNames.assign([
            .init(method: "GET", path: "/v1/users/{userId}", operationID: nil),
            .init(method: "POST", path: "/v1/users", operationID: "取得"),
        ])
        #expect(names == ["get_v1_users_user_id", "post_v1_users"])
    }

    @Test func `all who want one name get a digest`() {
        let names = ToolNames.assign([
            .init(method: "GET", path: "/a", operationID: "getThing"),
            .init(method: "GET", path: "/b", operationID: "get_thing"),
            .init(method: "GET", path: "/c", operationID: "other"),
        ])
        #expect(names[0] != names[1])
        #expect(names[0].hasPrefix("get_thing_") && names[1].hasPrefix("get_thing_"))
        #expect(names[2] == "other")
    }

    @Test(arguments: 0..<50)
    func `names are unique, bounded and independent of order`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let words = ["get", "List", "user", "ID", "s", "-", "_", "/", "é", "aVeryLongWordIndeedThatGoesOnAndOn", "9"]
        var subjects: [ToolNames.Subject] = []
        for index in 0..<60 {
            let id = (0..<Int.random(in: 0..<5, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
            let method = ["GET", "POST"].randomElement(using: &random) ?? "GET"
            subjects.append(
                .init(method: method, path: "/p/\(index)", operationID: Bool.random(using: &random) ? id.joined() : nil)
            )
        }
        let names = ToolNames.assign(subjects)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect((1...48).contains(name.utf8.count))
            #expect(name.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        }
        let named = Dictionary(uniqueKeysWithValues: zip(subjects, names))
        let shuffled = subjects.shuffled(using: &random)
        #expect(ToolNames.assign(shuffled) == shuffled.compactMap { named[$0] })
    }
}
