//! The English samples.

use super::BACKPACK;
use super::BLENDER;
use super::BRISTOL;
use super::HEDGE;
use super::KETTLE;
use super::SECATEURS;
use super::Sample;
use super::TENT;

pub const SAMPLES: &[Sample] = &[
    Sample::review(
        12,
        BRISTOL,
        "Winnie Pockett",
        2,
        "Ordered online for collection, drove forty minutes, and nobody could find the parcel. The lad at the desk \
         was lovely about it, but I still went home without my boots. It did turn up two days later.",
    )
    .english(),
    Sample::question(
        23,
        KETTLE,
        "teapot_tom",
        "Does the lid open all the way so you can get a hand in to descale it? Our water is basically liquid chalk.",
    )
    .english(),
    Sample::review(
        33,
        TENT,
        "Marguerite Oakhollow",
        5,
        "Pitched it in the dark, in the rain, with a toddler on my back. Seven minutes. Bone dry in the morning. \
         I could kiss whoever designed that groundsheet.",
    )
    .english(),
    Sample::review(
        58,
        BACKPACK,
        "Dunstan F.",
        4,
        "Comfy with 14 kg on the West Country coast path. Could you add a pocket big enough for a proper map? \
         The hip-belt ones barely take a phone.",
    )
    .english(),
    Sample::review(
        73,
        HEDGE,
        "Beatrix Thornbury-Lunt",
        1,
        "The safety catch failed and the blade kept running after I let go. I was lucky, my sleeve was not. This \
         should not be on sale. I have photographs and I will be reporting it to Trading Standards on Monday.",
    )
    .english(),
    Sample::review(93, BRISTOL, "Ozzie", 5, "Great shop 🏕️ great dog policy 🐕 10/10 would be sniffed again").english(),
    Sample::review(
        108,
        BLENDER,
        "Soup Season",
        3,
        "Blends like a dream, pours like a nightmare. The spout dribbles down the side every single time. Two years \
         of soup-stained worktops later I have made my peace with it.",
    )
    .english(),
    Sample::question(
        123,
        SECATEURS,
        "Allotment 14b",
        "Are these any good for left-handers? And can the blade be replaced or is it a new pair each time?",
    )
    .english(),
    Sample::review(138, BRISTOL, "P. Quillfeather", 1, "Closed at 4 on a Saturday. Website says 6.").english(),
    Sample::review(
        148,
        TENT,
        "Hollis and the kids",
        2,
        "One of the poles split on the second trip. Support offered 10% off a new tent, which is not what I asked \
         for. I just want one pole. One.",
    )
    .english(),
    Sample::review(
        158,
        KETTLE,
        "Imogen Saltmarsh",
        5,
        "Quiet enough not to wake the baby, quick enough that I get to drink the tea hot. Worth every penny.",
    )
    .english(),
    Sample::question(
        168,
        BACKPACK,
        "Ridgeway Ramblers",
        "We'd like nine of these for a youth group. Is there a group price, and could they be delivered before half term?",
    )
    .english(),
];
