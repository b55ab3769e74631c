"""What is said: an interview that ends in a booking, and a chat that could go on for ever."""

# The twelve turns of a visitor who tells a pain, is asked what is missing, and books a visit.
DIALOGUE = (
    "Sharp pain in my neck, it shoots down my right arm. Three weeks now, 6/10, no injury, I am 44",
    "none of these",
    "it built up slowly",
    "what is an MRI?",
    "no, none",
    "none of those",
    "no to all",
    "yes please, as soon as possible",
    "the second one",
    "Jane Miller",
    "jane.miller@example.com",
    "yes",
)

# Ten turns again and again: turn 10 and turn 200 are the same message.
CHAT = (
    "hello",
    "what is an MRI?",
    "are you a bot?",
    "what does a herniated disc mean?",
    "not really",
    "is physical therapy painful?",
    "that sounds good",
    "what is the atlas?",
    "thank you",
    "what can you do?",
)
