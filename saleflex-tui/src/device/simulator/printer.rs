use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::paper::{Paper, Question};
use crate::device::address::Address;

/// How a virtual printer behaves.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mood {
    /// Prints and answers.
    #[default]
    Well,
    /// Says that its roll is near its end, and prints.
    PaperLow,
    /// The switch of its drawer has the other level: somebody pushed it shut, where it is low while open.
    DrawerShut,
    /// Says that its paper has run out.
    PaperOut,
    /// Says that its cover is open.
    CoverOpen,
    /// Answers with bytes that no printer sends.
    Nonsense,
    /// Takes everything and answers nothing.
    Silent,
    /// Tells how it is, and not when it has printed.
    StatusAlone,
    /// Hangs up after so many bytes of a job, then is well again.
    CutsAfter(usize),
}

/// A receipt printer made of software, on a TCP port of this machine.
#[derive(Debug)]
pub struct VirtualPrinter {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    paper: Paper,
    mood: Mood,
    is_stopped: bool,
}

impl VirtualPrinter {
    /// A printer on the given address; port 0 takes a free one.
    ///
    /// # Errors
    /// Those of the operating system, when the port is taken.
    pub fn start(listen: &str, columns: usize) -> io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let state = State { paper: Paper::new(columns), mood: Mood::Well, is_stopped: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if served.lock().is_stopped {
                    return;
                }
                // One till at a time, as real ones do; a lost connection is the till's matter.
                if let Ok(stream) = stream {
                    let _lost = served.serve(stream);
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// Where a till finds it.
    pub fn address(&self) -> Address {
        Address::Tcp { host: self.address.ip().to_string(), port: self.address.port() }
    }

    /// Makes it behave differently from now on.
    pub fn set_mood(&self, mood: Mood) {
        self.shared.lock().mood = mood;
    }

    /// The lines on its paper.
    pub fn lines(&self) -> Vec<String> {
        self.shared.lock().paper.lines().to_vec()
    }

    /// How many bytes were no command that a printer knows.
    pub fn unknown(&self) -> usize {
        self.shared.lock().paper.unknown()
    }

    /// Waits for more lines than `seen`, but no longer than `patience`, and gives those.
    pub fn wait_for_lines(&self, seen: usize, patience: Duration) -> Vec<String> {
        let state = self.shared.lock();
        let nothing_new = |state: &mut State| state.paper.lines().len() <= seen;
        let waited = self.shared.changed.wait_timeout_while(state, patience, nothing_new);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.paper.lines().iter().skip(seen).cloned().collect()
    }
}

impl Drop for VirtualPrinter {
    fn drop(&mut self) {
        self.shared.lock().is_stopped = true;
        // The listener waits for one more connection to see it.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut bytes = [0; 1024];
        let mut read = 0;
        loop {
            let count = stream.read(&mut bytes)?;
            if count == 0 {
                return Ok(());
            }
            for byte in bytes.iter().take(count) {
                let mut state = self.lock();
                let question = state.paper.feed(*byte);
                read += usize::from(question.is_none());
                if matches!(state.mood, Mood::CutsAfter(limit) if read >= limit) {
                    state.mood = Mood::Well;
                    state.paper = state.paper.after_power_cut();
                    return Ok(());
                }
                self.changed.notify_all();
                let answer = question.and_then(|question| answer(state.mood, question));
                drop(state);
                if let Some(answer) = answer {
                    stream.write_all(&[answer])?;
                }
            }
        }
    }
}

/// The byte that a printer in such a mood sends back.
const fn answer(mood: Mood, question: Question) -> Option<u8> {
    const FIXED: u8 = 0b0001_0010;
    Some(match (mood, question) {
        (Mood::Silent, _) | (Mood::StatusAlone, Question::AfterPrinting) => return None,
        (Mood::Nonsense, _) => 0xff,
        (Mood::CoverOpen, Question::Status(2)) | (Mood::DrawerShut, Question::Status(1)) => FIXED | 0x04,
        (Mood::PaperOut, Question::Status(2)) => FIXED | 0x20,
        (Mood::PaperOut, Question::Status(4)) => FIXED | 0x6c,
        (Mood::PaperLow, Question::Status(4)) => FIXED | 0x0c,
        (Mood::CoverOpen | Mood::PaperOut, Question::Status(1)) => FIXED | 0x08,
        (_, Question::Status(_)) => FIXED,
        (Mood::PaperOut, Question::AfterPrinting) => 0x0f,
        (Mood::PaperLow, Question::AfterPrinting) => 0x03,
        (_, Question::AfterPrinting) => 0,
    })
}
