# What the app says, in English.

app-name = graspd
page-now = Now
page-locks = Locks
page-learning = Learning
page-health = Health
menu = Main menu
menu-about = About graspd
about-comments = Watches by its motion whether the owner holds this device, and asks for a lock where not. It never opens a screen.

# --- Is it on, and what does it believe?

status-searching = A moment.
    .title = Looking for graspd
status-no-bus = There is no system bus, so nobody can say whether graspd runs.
    .title = Nobody is found
status-not-running = It does not run, so nobody watches who holds this device. “Health” says what may be missing.
    .title = graspd is off
status-not-enrolled = It runs and decides nothing before it has learnt how you hold this device. “Learning” begins that.
    .title = It does not know you yet
status-paused = Nothing is decided until { $until }, or until the next lock screen.
    .title = Paused
status-screen-locked = Nothing is decided until you open it.
    .title = The screen is locked
status-session-inactive = Another session is in use, so nothing is decided.
    .title = Not your session
status-asleep = The system sleeps, or is about to.
    .title = Asleep
status-no-motion = The sensors are silent, or nothing they say can be judged. Nobody watches who holds this device. “Health” says what may be missing.
    .title = It sees nothing
status-owner = The motion looks like yours. If that changes, it asks for a lock.
    .title = It takes you for its owner
status-undecided = The motion speaks neither for you nor against you.
    .title = Watching
status-warm-up = Too little seen yet to tell who holds it.
    .title = Watching
status-at-rest = Nobody’s motion is in it. If it lies for long, trust runs out and it locks.
    .title = Lying still
status-gap = Some samples were missing, so it looks anew.
    .title = Watching
status-not-recognised = The motion does not look like yours, so it has asked for a lock. Your secret opens the screen as ever.
    .title = It does not recognise you
status-locked-at-rest = It lay still until its trust ran out.
    .title = Locked after lying still
status-persisted = It was locked when graspd last ended. Motion of yours brings trust back.
    .title = Trust has to be earned again
status-open-in-lock = It has asked for a lock, and the screen is open all the same. “Health” says what may be missing.
    .title = Your screen is open
status-lock = It has asked for a lock.
    .title = Locked
status-would-lock = The motion does not look like yours, or there was none. It would have asked for a lock.
    .title = It would lock now
status-would-unlock = The motion looks like yours.
    .title = It takes you for its owner
status-observes = It only observes: whatever it decides, nothing is locked.

evidence = How sure it is
evidence-sure = Almost surely you
evidence-likely = Rather you than another
evidence-unsure = Unsure
evidence-little = Little speaks for you
evidence-unknown = Only the owner is told.

# --- The pause.

pause = Hand it to somebody
pause-why = graspd asks for your secret and decides nothing for so long, or until the next lock screen.
pause-minutes = { $minutes ->
        [60] 1 hour
       *[other] { $minutes } min
    }
pause-for = { $minutes ->
        [60] Pause for one hour
       *[other] Pause for { $minutes } minutes
    }
resume = Watch again
resume-title = Back in your hands?
resume-why = Evidence has to be earned again.
resumed = graspd watches again

# --- How well it works.

performance = How well it works for you
performance-none = Nothing is known yet.
performance-watched = { $hours } hours watched in the last days
performance-locks = { $count ->
        [0] No lock because of the motion
        [one] One lock because of the motion
       *[other] { $count } locks because of the motion
    }
performance-answers = You said: { $false } false, { $right } right. Not answered: { $unanswered }.
performance-others = { $count ->
        [one] One lock for another reason
       *[other] { $count } locks for other reasons
    }
performance-others-why = It lay still for long, or the sensors fell silent.
performance-would-be = { $count ->
        [one] One lock there would have been
       *[other] { $count } locks there would have been
    }
performance-would-be-why = Because of the motion, while it only observed.
performance-expected = Enrolment expected { $count } false locks in so many hours
performance-expected-unknown = What enrolment expected is not known here: this app was not open when it ended.

# --- Locks.

locks-today = Today
locks-yesterday = Yesterday
locks-earlier = Earlier day
locks-later = Later day
locks-of-day = What was locked
locks-none = No lock on this day.
locks-more = { $count } earlier ones are not shown.
locks-no-history = There is no history
locks-no-history-why = graspd-agent keeps it, and has kept nothing yet. It begins with your session, or with “systemctl --user enable --now graspd-agent”.
curve = Evidence that it is you, over the day
curve-in-words = Evidence that it is you from { $from } to { $to }: at its lowest { $lowest } of 100, at the end { $newest }; { $locks ->
        [0] no lock
        [one] one lock
       *[other] { $locks } locks
    }.
curve-empty = Nothing was measured on this day.
legend-lock = lock
legend-locked = locked
legend-at-rest = at rest
legend-undecided = nothing decided
lock-row = { $time } · { $reason }
reason-evidence = the motion was not yours
reason-at-rest = it lay still
reason-gap = samples were missing
reason-sensor-lost = the sensors fell silent
reason-no-evidence = nothing could be judged
reason-model-failed = the model failed
reason-persisted = locked since before
outcome-unknown = A lock was asked for.
outcome-would-lock = It would have been locked.
outcome-locked = The screen was locked.
outcome-may-be-open = The screen may have stayed open.
answer-false = You said: it was me.
answer-right = You said: it was not me.
answer-none = Not answered.
was-it-you = Was it you?
was-it-you-why = When the screen was locked at { $time }.
yes = Yes
no = No
yes-in-full = Yes, it was me: the lock was false
no-in-full = No, it was not me: the lock was right

answered = Thank you: { $said }.

# --- Learning.

learning-none = Nothing is being learnt. A sitting takes about five minutes in your hand, and you use the device as ever.
    .title = How you hold it
learning-gathering = { $windows } of { $wanted } moments of motion. { $minutes ->
        [0] A moment more in your hand.
        [one] About one more minute in your hand.
       *[other] About { $minutes } more minutes in your hand.
    } Use it as ever, and leave this app open: the sitting ends with it.
    .title = Learning
learning-waiting = { $windows } of { $wanted } moments of motion from { $sittings ->
        [one] one sitting
       *[other] { $sittings } sittings
    }. Go on today or on another day.
    .title = Between two sittings
learning-enough = { $windows } moments of motion from { $sittings ->
        [one] one sitting
       *[other] { $sittings } sittings
    } are enough for a profile. Another day makes it better.
    .title = It has seen enough
learning-fitting = Your profile is being made. This takes a few seconds.
    .title = Making your profile
learning-refused = What there is does not suffice. It is kept, and another sitting may help.
    .title = No profile could be made
learning-finished = Your profile is in use.
    .title = It knows you
learning-known = You are enrolled. Learning anew replaces what it knows of you, once there is enough.
    .title = It knows you
learning-another = Only its owner may see how far this is.
    .title = Not yours
learning-no-daemon = graspd has to run for this.
    .title = It cannot learn now
learning-progress = Progress
learning-at-rest = { $count ->
        [one] One moment was left out, because the device lay still.
       *[other] { $count } moments were left out, because the device lay still.
    }
learning-begin = Begin a sitting
learning-go-on = Go on
learning-finish = Make my profile
learning-cancel = Throw away
learning-cancel-sure = Throw away what was gathered?
learning-cancel-why = A profile that is in use stays.
keep = Keep
learning-said = What graspd says to expect
advice = What to expect
advice-days = Several days are better
advice-days-why = Two or three sittings on different days make a far better profile than one long one.
advice-walk = Walk, lie, travel
advice-walk-why = What you do on the way is worth more than sitting still at a table. A device that lies on the table teaches it nothing.
advice-mistakes = It makes mistakes
advice-mistakes-why = It locks you out at times, and some strangers pass for a while. Once it has made your profile it says how often, and where that is too little it makes none.
advice-secret = Your secret stays what opens the screen
advice-secret-why = graspd only ever asks for a lock.

# --- Health.

health = What is missing
health-looking = Looking. This takes some seconds.
health-nothing = Nothing that you could mend
health-nothing-why = { $count ->
        [one] One thing was looked at.
       *[other] { $count } things were looked at.
    }
health-fail = graspd does not work
health-warn = graspd works with restrictions
health-needs-root = { $count ->
        [one] One thing only an administrator can see
       *[other] { $count } things only an administrator can see
    }
health-needs-root-why = In a terminal: sudo graspd doctor
health-failed = graspd doctor cannot be asked
health-failed-why = Is graspd installed? { $why }
health-again = Look again
health-remedy = To do: { $remedy }
health-version = graspd { $version } is running

# --- What was refused.

refused-not-authorized = graspd did this for nobody: it is not for you, or the secret was not given.
refused-no-authority = There is no polkit that could ask for your secret.
refused = { $why }
