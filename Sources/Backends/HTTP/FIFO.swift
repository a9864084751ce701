/// A queue: elements leave in the order in which they came.
struct FIFO<Element>: Sequence {
    private var elements: [Element] = []
    /// Elements before it have left; their places are given back now and then, so that each costs constant time.
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        head += 1
        if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        } else if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        }
        return first
    }

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        elements = elements[head...].filter { !isUnwanted($0) }
        head = 0
    }

    func makeIterator() -> ArraySlice<Element>.Iterator {
        elements[head...].makeIterator()
    }
}
