import Testing

@testable import Store

@Suite struct InsertionTests {
    private let kind = Insertion.Kind("letters (letter, place)", columnCount: 2)

    @Test func `a statement has a parameter for each value, numbered in their order`() {
        #expect(kind.statement == "INSERT INTO letters (letter, place) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        #expect(
            kind.statements(2).map(\.text) == [
                "INSERT INTO letters (letter, place) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
            ])
    }

    @Test(arguments: 0...200)
    func `few statements insert all rows`(rowCount: Int) {
        let counts = kind.statements(rowCount).map(\.rowCount)
        #expect(counts.reduce(0, +) == rowCount)
        #expect(counts == counts.sorted(by: >), "the largest come first")
        #expect(counts.count <= 6 + rowCount / 64)
    }
}
