/// A thread that works in turns, such as an event loop's.
package protocol Turns: AnyObject, Sendable {
    /// Runs a body on the thread once what it is doing now, and what was put off before, is done.
    func enqueue(_ body: @escaping @Sendable () -> Void)

    /// Runs a body on the thread after some time, between two turns.
    func enqueue(afterMicroseconds time: Int, _ body: @escaping @Sendable () -> Void)
}
