# What graspd-agent says, in English: the title of each notice is its attribute.

lock-is-near = Hold it as you do, or it locks in { $seconds ->
        [one] one second
       *[other] { $seconds } seconds
    }.
    .title = Is it you?
lock-is-near-some-time = Hold it as you do, or it locks soon.
    .title = Is it you?

was-it-you = The screen was locked because the motion did not look like yours. Was it you?
    .title = Was it you?
yes = Yes
no = No
answer = { $text }
    .title = Thank you
refusal = { $text }
    .title = Not possible now

screen-is-open = The screen should have been locked, and nothing locked it.
    .title = Your screen may be open

no-motion = The motion of this device cannot be judged: { $fault }. “graspd doctor” looks for the reason.
    .title = Nobody watches this device
no-motion-at-all = The motion of this device cannot be judged. “graspd doctor” looks for the reason.
    .title = Nobody watches this device
nobody-watches = graspd has ended. “graspd doctor” looks for the reason.
    .title = Nobody watches this device

enough-gathered = It has seen enough of how you hold this device: “graspd enroll --finish” makes your profile. A sitting on another day makes it better.
    .title = Ready to know you
