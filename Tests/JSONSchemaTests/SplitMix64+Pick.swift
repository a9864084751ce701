import TestSupport

extension SplitMix64 {
    mutating func below(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &self)
    }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
