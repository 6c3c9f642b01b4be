use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::device::address::Address;

/// A scale made of software: it answers each byte it is asked with the bytes it was given for it.
#[derive(Debug)]
pub struct VirtualScale {
    address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
}

#[derive(Debug, Default)]
struct Answers {
    by_question: Vec<(u8, Vec<u8>)>,
    is_stopped: bool,
}

impl VirtualScale {
    /// A scale that answers nothing yet.
    ///
    /// # Errors
    /// Those of the operating system, when it has no free port.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let answers = Arc::new(Mutex::new(Answers::default()));
        let given = Arc::clone(&answers);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if given.lock().unwrap_or_else(PoisonError::into_inner).is_stopped {
                    return;
                }
                if let Ok(stream) = stream {
                    let _lost = serve(stream, &given);
                }
            }
        });
        Ok(Self { address, answers })
    }

    /// Where a till finds it.
    pub fn address(&self) -> Address {
        Address::Tcp { host: self.address.ip().to_string(), port: self.address.port() }
    }

    /// From now on answers these questions so and no others.
    pub fn answer(&self, answers: &[(u8, &[u8])]) {
        let by_question = answers.iter().map(|(question, answer)| (*question, answer.to_vec())).collect();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).by_question = by_question;
    }
}

impl Drop for VirtualScale {
    fn drop(&mut self) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).is_stopped = true;
        drop(TcpStream::connect(self.address));
    }
}

fn serve(mut stream: TcpStream, answers: &Mutex<Answers>) -> io::Result<()> {
    let mut question = [0];
    while stream.read(&mut question)? > 0 {
        let known = answers.lock().unwrap_or_else(PoisonError::into_inner).by_question.clone();
        for (_, answer) in known.iter().filter(|(asked, _)| *asked == question[0]) {
            stream.write_all(answer)?;
        }
    }
    Ok(())
}
