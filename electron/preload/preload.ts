/** A transport and nothing else: which commands exist is the contract's business, which are allowed the main process's. */
import { contextBridge, ipcRenderer } from 'electron';

contextBridge.exposeInMainWorld('hearth', {
  command: (name: string, args: unknown) => ipcRenderer.invoke('hearth:command', name, args),
  open: (what: string) => ipcRenderer.invoke('hearth:open', what),
  watch: (listener: (message: unknown) => void) => {
    const onPush = (_event: unknown, message: unknown) => listener(message);
    ipcRenderer.on('hearth:push', onPush);
    ipcRenderer.send('hearth:watch');
    return () => {
      ipcRenderer.removeListener('hearth:push', onPush); // its return value is not for the page
    };
  },
});
