/// What is wrong with one line of input.
struct LineFlaw: Error, Equatable {
    let message: String
}
